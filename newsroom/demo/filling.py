"""Cheap synthetic stories in any number, for measuring a site that holds a hundred thousand of them."""

import random
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Filler:
    number: int  # 0, 1, 2 ...: makes the slug unique
    language: str
    slug: str
    headline: str
    standfirst: str
    body: str
    section: str
    tags: tuple[str, ...]  # names; a slug is the name in lower case with hyphens
    hours_ago: int


def _bank(choices: str) -> list[str]:
    return choices.split("|")


PLACES = _bank(
    "Port Amaya|Kolindo|Daburi|Essamba|Markada|Ferry Hill|Tamaré|Benn's Landing|Upper Sasso|Salt Quay|"
    "Cape Sirra|Sembe|Lower Town|Crab Island|Netmakers' Row|Old Landing"
)
WHO = _bank(
    "Dockers|Nurses|Bus operators|Maize growers|Teachers|Boat owners|Traders|Engineers|Students|"
    "Fire crews|Auditors|Pharmacists|Drivers|Librarians|Market women|Surveyors|Ferry crews|Electricians|"
    "Bakers|Councillors"
)
DOES = _bank(
    "ask for|agree on|vote against|welcome|delay|pay for|question|celebrate|return to|publish|reject|"
    "rebuild|count the cost of|prepare|defend|reopen talks on|settle|win|lose patience with|test"
)
WHAT = _bank(
    "a new clinic|the coast road|night ferries|school meals|the harbour fee|a cheaper tariff|"
    "the bridge repairs|the grain store|flood drains|a pay offer|the seed loan|the cold store|"
    "a second bus line|the water tower|the fish auction|a housing plan|the stadium lights|street lamps|"
    "the census|a library boat|the tax on ice"
)
WHEN = _bank(
    "after a night of talks|before the rains|for the third year running|in a week of protests|"
    "despite the cost|as the harvest ends|with a month to spare|after a long silence|by a single vote|"
    "under a new plan|again|at last"
)
SAYS = _bank(
    "The council will look at the figures again next week.|"
    "Work is expected to begin before the end of the quarter.|"
    "Nobody at the ministry was available to comment on Monday.|"
    "The money would come from fees already collected at the gate.|"
    "Residents said they had heard the promise before and would wait to see the first shovel.|"
    "An earlier proposal failed by four votes and was never put to the members again.|"
    "The figures were checked against the records kept at the harbour office.|"
    "Prices at the market have fallen by a tenth since the beginning of the month.|"
    "Two smaller towns upriver have asked to be included in the scheme.|"
    "“We have been patient, and we can count,” said one of the organisers.|"
    "The union described the offer as a beginning and not an end.|"
    "A second meeting is planned for Thursday in the school hall.|"
    "Drivers were advised to use the inland road until the weekend.|"
    "The report runs to sixty pages and was published without a summary.|"
    "It would be the largest project of its kind since the port was dredged."
)
SECTIONS = _bank("news|politics|courts|business|markets|energy|sport|football|health|education|culture")
TAGS = _bank(
    "Port Amaya|Kolindo|River Teneru|Farming|Transport|Schools|Hospitals|Fishing|Electricity|Weather|"
    "Trade|Roads|Music|Coast|Nurses|Research"
)

AR_PLACES = _bank("بورت أمايا|كوليندو|دابوري|إسامبا|مركادا|تلة العبارة|رصيف الملح|رأس سيرا|البلدة السفلى|ساسو الأعلى")
AR_WHO = _bank(
    "عمال الميناء|الممرضون|سائقو الحافلات|مزارعو الذرة|المعلمون|أصحاب القوارب|التجار|المهندسون|الطلبة|"
    "أعضاء مجلس المدينة|الصيادون|أمناء المكتبات"
)
AR_DOES = _bank("يطالبون ب|يناقشون|يرحبون ب|يرفضون|يؤجلون|ينتظرون|يدافعون عن|يراجعون|يحتفلون ب|يستعدون ل")
AR_WHAT = _bank(
    "عيادة جديدة|طريق الساحل|عبارات ليلية|وجبات مدرسية|رسوم ميناء أقل|إصلاح الجسر|مخزن حبوب|مصارف السيول|"
    "زيادة أجور|قرض بذور|خط حافلات ثان|إنارة الشوارع|تعرفة أرخص|مكتبة متنقلة"
)
AR_WHEN = _bank(
    "بعد ليلة من المحادثات|قبل موسم الأمطار|للعام الثالث على التوالي|رغم الكلفة|مع نهاية الحصاد|بفارق صوت واحد|من جديد"
)
AR_SAYS = _bank(
    "سيراجع المجلس الأرقام مرة أخرى الأسبوع المقبل.|يتوقع أن يبدأ العمل قبل نهاية الفصل الحالي.|"
    "ولم يتسن الحصول على تعليق من الوزارة يوم الاثنين.|"
    "وقال السكان إنهم سمعوا الوعد من قبل وسينتظرون أول معول.|"
    "وانخفضت الأسعار في السوق بنحو العشر منذ مطلع الشهر.|ويعقد اجتماع ثان يوم الخميس في قاعة المدرسة.|"
    "وطلبت مدينتان صغيرتان في أعالي النهر الانضمام إلى الخطة.|ووصفت النقابة العرض بأنه بداية وليس نهاية.|"
    "ونصح السائقون باستعمال الطريق الداخلي حتى نهاية الأسبوع.|"
    "«صبرنا طويلا ونحن نحسن العد»، قال أحد المنظمين."
)
AR_SECTIONS = _bank("أخبار|سياسة|اقتصاد|أسواق|رياضة|صحة|ثقافة")
AR_TAGS = _bank("بورت أمايا|كوليندو|نهر تينيرو|زراعة|نقل|مدارس|مستشفيات|صيد|كهرباء|طقس")

YEARS = 8 * 365 * 24  # hours over which the stories are spread
ARABIC_EVERY = 5


def filler(seed: int, n: int) -> Iterator[Filler]:
    """``n`` stories, every fifth in Arabic, newest first, over eight years. A seed repeats itself."""
    rng = random.Random(seed)  # noqa: S311
    # One 64-bit draw a story, taken apart by divmod, is several times as fast as a choice for each word.
    for number in range(n):
        draw = rng.getrandbits(128)
        arabic = number % ARABIC_EVERY == ARABIC_EVERY - 1
        banks = (AR_WHO, AR_DOES, AR_WHAT, AR_PLACES, AR_WHEN) if arabic else (WHO, DOES, WHAT, PLACES, WHEN)
        says, sections, tags = (AR_SAYS, AR_SECTIONS, AR_TAGS) if arabic else (SAYS, SECTIONS, TAGS)
        picked = []
        for bank in banks:
            draw, at = divmod(draw, len(bank))
            picked.append(bank[at])
        who, does, what, place, when = picked
        draw, shape = divmod(draw, 4)
        draw, count = divmod(draw, 900)
        draw, section = divmod(draw, len(sections))
        draw, first = divmod(draw, len(tags))
        draw, at = divmod(draw, len(says))
        draw, more = divmod(draw, 4)
        if arabic:
            gap = "" if does.endswith((" ب", " ل")) else " "  # one-letter prepositions are written joined
            line = f"{who} {does}{gap}{what}"
            headline = (
                f"{line} في {place} {when}",
                f"{place}: {line}",
                f"{place}: {line} {when}",
                f"{line} {when} في {place}",
            )[shape]
            standfirst = f"يشمل القرار {count + 40} أسرة في {place} وما حولها."
            lead = f"{line} في {place} {when}، وفق ما أفاد به مشاركون في اجتماع حضره {count + 12} شخصا."
            slug = f"خبر-{number}"
        else:
            line = f"{who} {does} {what}"
            low = who[0].lower() + who[1:]
            headline = (
                f"{line} in {place} {when}",
                f"{place}: {low} {does} {what}",
                f"{line} {when}",
                f"In {place}, {low} {does} {what} {when}",
            )[shape]
            standfirst = f"Some {count + 40} households in and around {place} would be affected."
            lead = f"{line} in {place} {when}, {count + 12} people who met on Monday were told."
            slug = f"{low}-{does}-{what}-{number}".replace(" ", "-").replace("'", "").lower()
        size = len(says)
        paragraphs = [lead]
        for i in range(2 + more):
            paragraphs.append(
                f"{says[(at + i * 3) % size]} {says[(at + i * 5 + 1) % size]} {says[(at + i * 7 + 4) % size]}"
            )
        body = "<p>" + "</p>\n<p>".join(paragraphs) + "</p>"
        chosen = (tags[first], tags[(first + 3) % len(tags)])[: 1 + more % 2]
        yield Filler(
            number,
            "ar" if arabic else "en",
            slug,
            headline,
            standfirst,
            body,
            sections[section],
            chosen,
            number * YEARS // max(n, 1),
        )
