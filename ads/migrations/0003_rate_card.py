"""The seven positions and the five kinds of post, as data. The publisher sets the prices: but for the 100 dollars of
a post that the client writes, these are examples, and the rate card says so."""

from decimal import Decimal

from django.db import migrations

# code, name, name_ar, where, where_ar, size, phone size, KB, place, pages, week, thousand
POSITIONS = [
    (
        "home-970x250", "Billboard", "لوحة كبيرة",
        "Under the header of the front page", "أسفل ترويسة الصفحة الرئيسية",
        (970, 250), (300, 250), 250, "home", "home", "260", "9.00",
    ),
    (
        "top-728x90", "Leaderboard", "شريط الترويسة",
        "Top corner of the front page and of every page", "الزاوية العليا في الصفحة الرئيسية وفي كل صفحة",
        (728, 90), (320, 100), 150, "top", "every", "220", "6.00",
    ),
    (
        "rail-336x280", "Large rectangle", "مستطيل كبير",
        "Side column of the front page and of every page; inside the text on phones",
        "العمود الجانبي في الصفحة الرئيسية وفي كل صفحة، وداخل النص على الهاتف",
        (336, 280), None, 150, "rail", "every", "160", "5.00",
    ),
    (
        "rail-200x200", "Small square", "مربع صغير",
        "Side column of the front page and of every page", "العمود الجانبي في الصفحة الرئيسية وفي كل صفحة",
        (200, 200), None, 100, "rail", "every", "80", "2.50",
    ),
    (
        "rail-300x600", "Half page", "نصف صفحة",
        "Side column of the front page and of every page", "العمود الجانبي في الصفحة الرئيسية وفي كل صفحة",
        (300, 600), None, 250, "rail", "every", "200", "7.00",
    ),
    (
        "rail-300x1050", "Portrait", "عمود طويل",
        "Side column of long pages", "العمود الجانبي في الصفحات الطويلة",
        (300, 1050), None, 250, "rail", "every", "240", "8.00",
    ),
    (
        "foot-300x250", "Medium rectangle", "مستطيل متوسط",
        "Front page, and below every page", "الصفحة الرئيسية، وأسفل كل صفحة",
        (300, 250), None, 150, "foot", "every", "110", "3.50",
    ),
]  # fmt: skip

# kind, name, name_ar, description, description_ar
PRODUCTS = [
    (
        "press-release", "Press release", "بيان صحفي",
        "Your announcement, published as you wrote it, with your name above it.",
        "إعلانكم كما كتبتموه، منشورًا باسمكم أعلاه.",
    ),
    (
        "advertorial", "Advertorial", "مقال إعلاني",
        "A longer piece that explains what you offer and to whom.",
        "نص أطول يشرح ما تقدمونه ولمن.",
    ),
    (
        "video", "Video content", "محتوى مرئي",
        "A film of yours with a text around it.",
        "فيلم من إنتاجكم مع نص يرافقه.",
    ),
    (
        "article", "Article", "مقال",
        "A subject that matters in your field, told for our readers.",
        "موضوع يهم مجالكم، مكتوب لقرائنا.",
    ),
    (
        "interview", "Interview", "مقابلة",
        "Questions and answers with somebody from your house.",
        "أسئلة وأجوبة مع أحد العاملين لديكم.",
    ),
]  # fmt: skip


def load(apps, schema_editor):
    position_model = apps.get_model("ads", "Position")
    for order, row in enumerate(POSITIONS):
        code, name, name_ar, where, where_ar, size, phone, weight, place, pages, week, thousand = row
        position_model.objects.get_or_create(
            code=code,
            defaults={
                "name": name,
                "name_ar": name_ar,
                "where": where,
                "where_ar": where_ar,
                "width": size[0],
                "height": size[1],
                "phone_width": phone and phone[0],
                "phone_height": phone and phone[1],
                "max_kilobytes": weight,
                "place": place,
                "pages": pages,
                "price_per_week": Decimal(week),
                "price_per_thousand": Decimal(thousand),
                "currency": "USD",
                "is_example_price": True,
                "order": order,
            },
        )
    product_model = apps.get_model("ads", "PostProduct")
    for order, (kind, name, name_ar, description, description_ar) in enumerate(PRODUCTS):
        product_model.objects.get_or_create(
            kind=kind,
            defaults={
                "name": name,
                "name_ar": name_ar,
                "description": description,
                "description_ar": description_ar,
                "price": Decimal("100"),
                "currency": "USD",
                "order": order,
            },
        )


class Migration(migrations.Migration):
    dependencies = [("ads", "0002_links")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
