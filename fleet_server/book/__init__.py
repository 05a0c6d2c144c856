"""The backpack book: who took which backpack, what for, with what in it, and when it comes back."""
