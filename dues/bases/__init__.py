"""党费计算基数: from which month on whose dues are taken of how much, and how that was computed."""
