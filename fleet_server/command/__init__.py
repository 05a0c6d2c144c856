"""The commands of the centre: what they are told, whom they ask, what they print."""
