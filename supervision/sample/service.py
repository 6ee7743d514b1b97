"""为民服务 of the sample: wishes in every state, pairings with visits, pledges of the year, and who was served."""

import datetime

from django.db.models import Count, Q

from activities.kinds import ItemKind, ServiceKind
from activities.models import DayItem, Pairing, PairingVisit, Pledge, Wish
from branches import access
from branches.models import Organization
from core.audit import AuditEntry
from core.clock import at
from core.periods import Month
from supervision.sample import seeded, step

Status = Wish.Status
WISHES = [  # kind, title, what, who asked, state
    (ServiceKind.LEARNING_AND_HEALTH, "想有人陪我去医院复查",
     "下周三上午去医院复查，一个人看不清指示牌，想请一位同志陪同。",
     "退休教师", Status.OPEN),
    (ServiceKind.EMPLOYMENT, "帮我改一改求职简历", "准备投教师岗位，简历写了两页还是抓不住重点，想请老师当面指点一次。",
     "毕业班学生", Status.OPEN),
    (ServiceKind.CONVENIENCE, "教会我用手机挂号", "换了新手机，不会在手机上挂号和看检查结果，希望有人来家里教一教。",
     "离休干部", Status.CLAIMED),
    (ServiceKind.POVERTY, "一套考研英语旧书", "家里暂时困难，想借一套今年的考研英语复习书，用完归还。",
     "大三学生", Status.CLAIMED),
    (ServiceKind.ENVIRONMENT, "清理楼道里的旧家具", "三号楼二单元楼道堆了旧柜子，老人上下楼不方便，请帮忙搬走。",
     "家属院住户", Status.DONE),
    (ServiceKind.INFORMATION, "看不懂助学贷款续签", "生源地助学贷款续签的几项不会填，想请熟悉政策的老师讲一次。",
     "大二学生", Status.DONE),
    (ServiceKind.HOUSEKEEPING, "换一个厨房水龙头", "水龙头滴水半个月了，自己换不动，材料已买好。",
     "独居教职工", Status.CONFIRMED),
    (ServiceKind.LEGAL_AID, "租房押金退不回来怎么办", "退租后房东不退押金，想咨询该怎么维护权益。",
     "实习学生", Status.CONFIRMED),
    (ServiceKind.CULTURE, "给老年合唱队拍一段视频", "国庆演出想留个纪念，请会摄影的同志帮忙拍摄剪辑。",
     "老年合唱队", Status.WITHDRAWN),
]  # fmt: skip
DEEDS = ["已当面办好，提出人表示满意。", "上门服务一次，并留下联系方式，有事随时联系。"]
PARTNERS = [
    ("大二学生，家庭经济困难", "每两周辅导一次高等数学"), ("大三学生，考研复习", "英语和专业课答疑，关心生活"),
    ("退休教师，子女在外地", "每月看望一次，帮助购药和就医"), ("新生，适应较慢", "谈心交流，帮助融入班级"),
]  # fmt: skip
PLEDGES = [
    "每月为学生课外答疑不少于两次；全年认领一个以上微心愿。",
    "带头参加志愿服务，全年不少于八小时；结对帮助一名学业困难学生。",
    "每季度走访一次学生宿舍，及时反映和解决问题。",
    "上好每一节课，全年主讲一次公开课；按时足额交纳党费。",
]
VISITS = ["辅导功课，学习状态有好转", "上门看望，帮忙买了常用药", "谈心一小时，了解近况", "一起整理复习计划"]


def load_service(today: datetime.date) -> None:
    """Of the first general branch much, of every fourth other branch a little; written in bulk, it is history."""
    branches = list(Organization.objects.branches().select_related("parent").order_by("code"))
    near = [branch for branch in branches if branch.parent_id == branches[0].parent_id]
    chosen = [*near, *branches[len(near) :: 4]]
    served, people = {}, {}
    for branch in chosen:
        people[branch.pk] = list(branch.people.members().present().select_related("user").order_by("staff_number"))
        served[branch.pk] = _officers(branch)
    chosen = [branch for branch in chosen if len(served[branch.pk]) > 1 and len(people[branch.pk]) > 5]
    _wishes(today, chosen, near, served, people)
    _pairings(today, chosen, served, people)
    _pledges(today, chosen, served, people)
    _items()


def _officers(branch):
    """The accounts of a branch's officers, its secretary first."""
    rows = branch.appointments.active().filter(office__in=access.RECORDERS, person__user__isnull=False)
    found = sorted(rows.select_related("person__user"), key=lambda row: row.office not in access.SECRETARIES)
    return list({row.person.user.pk: row.person.user for row in found}.values())


def _wishes(today, branches, near, officers, people):
    top = Organization.objects.get(parent=None)
    made = []
    for place, branch in enumerate(branches):
        chance, taken = seeded("wish", branch.code), branches[(place + 1) % len(branches)]
        for kind, title, text, who, status in WISHES if branch in near[:1] else chance.sample(WISHES, 2):
            posted_on = today - datetime.timedelta(days=chance.randint(6, 40))
            by, name = officers[branch.pk], chance.choice("王李张刘陈杨赵黄周吴")
            wish = Wish(
                organization=branch, title=title, text=text, kind=kind, status=status, posted_by=by[0],
                posted_at=at(posted_on, 10), open_to=chance.choice([branch, branch.parent, top, top]),
                asker_name=f"{name}同学" if "学生" in who else f"{name}老师",
                contact=f"校内 6{chance.randint(1000, 9999)}",
                wanted_until=posted_on + datetime.timedelta(days=chance.choice([14, 30, 45])),
            )  # fmt: skip
            if status not in (Status.OPEN, Status.WITHDRAWN):
                _claimed(wish, taken if wish.open_to == top else branch, posted_on, chance, officers, people)
            made.append(wish)
    Wish.objects.bulk_create(made)
    AuditEntry.objects.bulk_create([one for wish in made for one in _steps(wish)])


def _claimed(wish, branch, posted_on, chance, officers, people):
    """By a member who has an account, or by the branch; done and confirmed as far as its state says."""
    members = [one for one in people[branch.pk] if one.user and one.user not in officers[wish.organization_id]]
    person = chance.choice(members) if members else None
    wish.claimant, wish.claiming_branch = person, branch
    wish.claimed_at = at(posted_on + datetime.timedelta(days=1), 15)
    wish.claimed_by = person.user if person else officers[branch.pk][0]
    if wish.status == Status.CLAIMED:
        return
    wish.done_on, wish.deed = posted_on + datetime.timedelta(days=4), chance.choice(DEEDS)
    wish.minutes, wish.helpers = chance.choice([40, 60, 90, 120]), chance.randint(1, 4)
    wish.finished_by = wish.claimed_by
    if wish.status == Status.CONFIRMED:
        others = [one for one in officers[wish.organization_id] if one != wish.claimed_by]
        wish.confirmed_at, wish.confirmed_by = at(posted_on + datetime.timedelta(days=5), 9), others[-1]
        wish.confirmed_for = wish.asker_name


def _steps(wish):
    yield step(wish, "wish.posted", wish.posted_at, wish.posted_by)
    if wish.claimed_at:
        yield step(wish, "wish.claimed", wish.claimed_at, wish.claimed_by)
    if wish.finished_by:
        yield step(wish, "wish.finished", at(wish.done_on, 17), wish.finished_by)
    if wish.confirmed_at:
        yield step(wish, "wish.confirmed", wish.confirmed_at, wish.confirmed_by)


def _pairings(today, branches, officers, people):
    """Two or three of a branch; one of them nobody has visited for long."""
    pairings = []
    for branch in branches:
        chance = seeded("pairing", branch.code)
        for helper in chance.sample(people[branch.pk], 3):
            partner_is, purpose = chance.choice(PARTNERS)
            pairings.append(
                Pairing(
                    organization=branch, helper=helper, partner_is=partner_is, purpose=purpose,
                    partner_name=f"{chance.choice('孙马朱胡郭何高林')}{chance.choice('晓明佳宁志远文静')}",
                    starts_on=today - datetime.timedelta(days=chance.randint(100, 240)),
                    begun_by=officers[branch.pk][0],
                )
            )  # fmt: skip
    Pairing.objects.bulk_create(pairings)
    PairingVisit.objects.bulk_create(
        [visit for place, pairing in enumerate(pairings) for visit in _visits(pairing, today, quiet=place % 3 == 2)]
    )


def _visits(pairing, today, *, quiet):
    chance = seeded("visit", pairing.organization.code, pairing.helper.staff_number)
    last = today - datetime.timedelta(days=chance.randint(65, 90) if quiet else chance.randint(3, 30))
    for number in range(3):
        day = last - datetime.timedelta(days=18 * number)
        yield PairingVisit(
            pairing=pairing, visited_on=max(day, pairing.starts_on),
            minutes=chance.choice([30, 45, 60, 90]), note=chance.choice(VISITS),
            by=pairing.helper.user or pairing.begun_by,
        )  # fmt: skip


def _pledges(today, branches, officers, people):
    """Most members have made one this year; late in the year some are checked already."""
    made = []
    for branch in branches:
        chance = seeded("pledge", branch.code)
        for person in people[branch.pk]:
            if chance.random() < 0.2:
                continue
            made_on = min(datetime.date(today.year, 1, 10) + datetime.timedelta(days=chance.randint(0, 40)), today)
            by = person.user or officers[branch.pk][0]
            pledge = Pledge(
                person=person, organization=branch, year=today.year, text=chance.choice(PLEDGES), made_on=made_on, by=by
            )
            secretary = officers[branch.pk][0]
            if Month.of(today).number > 10 and chance.random() < 0.15 and person.user != secretary:
                pledge.result, pledge.word = chance.choice(
                    [(Pledge.Result.KEPT, ""), (Pledge.Result.KEPT, ""), (Pledge.Result.PARTLY, "志愿服务还差两小时")]
                )
                pledge.checked_at, pledge.checked_by = at(today - datetime.timedelta(days=2), 16), secretary
            made.append(pledge)
    Pledge.objects.bulk_create(made, batch_size=500)


def _items():
    """How many took part in the service items of days, and for how many."""
    there = Count("day__attendance", filter=Q(day__attendance__status="PRESENT"))
    done = DayItem.objects.filter(kind=ItemKind.SERVICE, outcome__in=["DONE", "CHANGED"], helpers=None)
    rows = list(done.annotate(there=there))
    for item in rows:
        chance = seeded("served", item.pk)
        item.helpers, item.beneficiaries = min(chance.randint(4, 18), item.there), chance.choice([12, 20, 35, 60, 80])
    DayItem.objects.bulk_update(rows, ["helpers", "beneficiaries"], batch_size=500)
