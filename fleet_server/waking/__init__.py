"""Wake-up checks: the day before, assets that are off or unproven are asked to check themselves."""
