from collections import defaultdict
from tests.security.matrix.asking import ask, absent, rules
from tests.security.matrix.things import What, NOTHING
from tests.security.matrix.rows import ROWS
def test_try(town):
    for endpoint, row in ROWS.items():
        if endpoint.startswith(("security","account","admin","joining")): continue
        town.restore()
        things = town.of(row.what) if row.what is not What.NOTHING else [NOTHING]
        print("==", endpoint)
        seen=defaultdict(list)
        for th in things:
            for p in town.people:
                if row.get(p, th):
                    a = ask(town, p, endpoint, th.arguments)
                    k=tuple(sorted(f"{s.kind}:{s.thing}" for s in town.seeds.found_in(a.everything) if s.kind not in("user","agency")))
                    seen[(str(th), a.status,k)].append(f"{p}")
        for (th,st,k),v in seen.items():
            print("  ", th, st, "|", ", ".join(k), "|", len(v), v[:3])
