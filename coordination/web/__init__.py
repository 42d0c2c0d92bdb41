"""The web: one file per area. Views translate between HTTP and the areas, and decide nothing."""
