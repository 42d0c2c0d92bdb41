import re
from policies.permissions import AgencyKind, Role
from tests.factories.cases import visit, written
from tests.factories.disclosure import consented, given, named
from tests.factories.world import World, shared_case
from tests.web.test_languages import _in_english, _swedish_on
from coordination.consent import service as consents

def test_crawl(app):
    s = shared_case(World(app), AgencyKind.POLICE); w=s.world
    police = w.agencies[AgencyKind.POLICE]
    c=consented(s, police, days=20); named(s, police, days=20)
    rec = written(s, s.social, "A note", "What we agreed.", "What we keep.", kind="journal_note")
    d=given(s, s.social, rec, police, only=[0, 1], days=20)
    handler=s.handlers[police]
    actors={"soc":s.social,"pol":handler,"man":s.managers[police],"adm":w.actor(AgencyKind.SOCIAL_SERVICES,Role.ADMINISTRATOR),"reg":w.actor(AgencyKind.SOCIAL_SERVICES,Role.REGISTRAR),"rc":w.actor(AgencyKind.SOCIAL_SERVICES,Role.REGIONAL_COORDINATOR)}
    val={"case_id":s.id,"record_id":rec,"consent_id":c,"disclosure_id":d,"person_id":s.subject_id,"agency_id":police,"user_id":handler.user_id}
    bad=set(); seen={}
    for name,a in actors.items():
        b=_in_english(visit(w,a))
        for r in app.url_map.iter_rules():
            if "GET" not in r.methods or r.endpoint=="static" or not set(r.arguments)<=set(val): continue
            path=str(r)
            for k in r.arguments: path=re.sub(r"<[^>]*%s>"%k,str(val[k]),path)
            p=b.get(path); seen.setdefault(path,set()).add(p.status_code)
            if p.status_code in (200,404):
                __import__("pathlib").Path(f"/tmp/team/pages/{name}{path.replace('/','_')[:60]}.html").write_text(p.text)
                for x in _swedish_on(p.text): bad.add((name,str(r),x))
    b=_in_english(visit(w,s.social))
    print({p:c for p,c in seen.items() if 200 not in c})
    page=b.post(f"/arenden/{s.id}/dela",{},token_from=f"/arenden/{s.id}/dela"); __import__("pathlib").Path("/tmp/team/pages/dela_post.html").write_text(page.text)
    for x in _swedish_on(page.text): bad.add(("post","dela",x))
    for x in sorted(bad): print(x)
