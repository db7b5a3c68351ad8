"""Who could do it together: rules, candidates, the proven best set of partners, and what each of them adds."""
