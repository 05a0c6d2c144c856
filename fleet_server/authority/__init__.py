"""The private certificate authority and the key that signs what goes down."""
