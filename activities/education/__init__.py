"""集中教育 of a year: which kinds took place where and in which form, and how long each member was there."""
