"""Coverage: what the fleet measured of the network, by hexagon."""
