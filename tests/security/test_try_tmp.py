import time
def test_try(town):
    from tests.security.matrix.asking import ask, absent
    from tests.security.matrix.things import What
    print(len(town.people), len(town.things), len(town.seeds.sown))
    main = town.one(What.CASE, "main")
    t=time.perf_counter()
    for p in town.people:
        a = ask(town, p, "cases.show", main.arguments)
        b = ask(town, p, "cases.show", absent(town, main))
        print(p, a.status, a.difference(b) if a.status!=200 else sorted(f"{s.kind}:{s.thing}" for s in town.seeds.found_in(a.everything)))
    print((time.perf_counter()-t)/len(town.people)/2)
