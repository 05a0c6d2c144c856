"""Makes the console's bundled base map from public packages: `make basemap`."""
