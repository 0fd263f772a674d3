// Tuners
