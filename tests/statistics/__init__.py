"""How often what the pages claim is wrong, by simulation: no stored result, fixed seeds."""
