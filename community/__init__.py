"""Everything that is true about the postdocs' community; knows no door, no words and no clock."""
