"""Orders at the asset: taken one by one, begun when it may be, followed to their end."""
