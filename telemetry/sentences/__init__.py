"""What people read on the asset and at the centre, in both languages."""
