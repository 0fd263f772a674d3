print("peftexp")
