import time
from tests.journeys.screen import Person
from tests.journeys import sound
def test_it(as_user, seated, town):
    p = seated(Person, town.actor(Person.kind, Person.role))
    t=time.time(); p.signs_in(); print("signin", time.time()-t, p.path)
    for path in ("/min-dag","/arenden","/arenden/nytt","/hjalp/behorigheter"):
        t=time.time(); p.opens(path); print("open", time.time()-t)
        t=time.time(); print(sound.faults(p.page), time.time()-t)
