"""Orders at the asset: taken one after the other, begun when the asset may, followed to their end."""
