"""A photo is taken by its content, and kept as pixels alone: upright, on white, no larger than a page needs."""

import io

import pytest
from django import forms
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from core.accounts import User
from core.documents import PicturesField, Refused, StoredFile, attachment, drawn, keep_picture, pictures, shown, sweep
from tests.core.hostile_pictures import (
    REDRAWN,
    REFUSED,
    SCRIPT,
    content_of,
    jpeg,
    picture,
    png,
    saved,
    telling,
)

RED = (200, 30, 40)


@pytest.fixture
def user(db):
    return User.objects.create(username="1", name="李书记")


def upload(name, content):
    return SimpleUploadedFile(name, content)


def kept(user, name, content):
    return keep_picture(upload(name, content), by=user)


def stored(file):
    with default_storage.open(file.path) as content:
        return content.read()


def read(content):
    return Image.open(io.BytesIO(content))


def near(one, other):
    return all(abs(a - b) < 12 for a, b in zip(one, other, strict=True))


def test_a_photo_is_kept_with_its_thumbnail(user):
    photo, small = kept(user, "合影.png", saved(picture(size=(5000, 2500)), "PNG"))
    assert (photo.name, photo.kind, photo.by) == ("合影.jpg", "jpg", user)
    assert [read(stored(one)).size for one in (photo, small)] == [(2560, 1280), (320, 160)]
    assert [read(stored(one)).format for one in (photo, small)] == ["JPEG", "JPEG"]
    assert near(read(stored(photo)).getpixel((9, 9)), RED)


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_photo_is_refused_and_nothing_is_kept(user, case):
    name, made, sentence = REFUSED[case]
    with pytest.raises(Refused) as refusal:
        keep_picture(upload("x", content_of(made)) if name == ".jpg" else _named(name, content_of(made)), by=user)
    assert sentence in str(refusal.value)
    assert (StoredFile.objects.count(), default_storage.exists("documents")) == (0, False)


def _named(name, content):
    """An upload under a name as a browser sends it: Django's own would cut folders off."""
    file = io.BytesIO(content)
    file.name = name
    return file


@pytest.mark.parametrize("case", REDRAWN)
def test_what_a_photo_carries_is_gone(user, case):
    name, made, clean = REDRAWN[case]
    photo, small = keep_picture(_named(name, content_of(made)), by=user)
    assert (photo.name, photo.path.count("/")) == (clean, 3)
    for file in (photo, small):
        content = stored(file)
        assert content.startswith(b"\xff\xd8") and content.endswith(b"\xff\xd9")
        for left in (b"RUN", b"script", b"php", b"PK\x03\x04", b"Exif", b"CAMERA", b"ICC_PROFILE", b"GPS"):
            assert left not in content
        assert (dict(read(content).getexif()), read(content).info.get("comment")) == ({}, None)


def test_the_controls_carry_what_is_taken_from_them():
    """Where the files of the test above carried nothing, it would prove nothing."""
    assert SCRIPT in content_of(REDRAWN["exif with a script and a place"][1])
    assert read(content_of(REDRAWN["exif with a script and a place"][1])).getexif().get_ifd(0x8825)[2][0] == 34
    assert b"php" in content_of(REDRAWN["jpeg with php in a comment"][1])
    assert read(content_of(REDRAWN["webp that moves"][1])).n_frames == 2
    assert len(REFUSED) + len(REDRAWN) >= 25


@pytest.mark.parametrize("turn", range(1, 9))
def test_a_photo_stands_upright_however_the_camera_was_held(turn):
    """Drawn as it should be seen, and turned by the rule: the red corner is at the top left in all eight."""
    upright = Image.new("RGB", (80, 40), "white")
    upright.paste(RED, (0, 0, 40, 20))
    back = {6: 8, 8: 6}.get(turn, turn)
    lying = upright.transpose(pictures._TURNS[back]) if turn > 1 else upright
    exif = telling()
    exif[0x0112] = turn
    seen = read(drawn(io.BytesIO(saved(lying, "JPEG", exif=exif)), "a.jpg").large)
    assert seen.size == (80, 40)
    assert near(seen.getpixel((10, 8)), RED) and near(seen.getpixel((70, 30)), (255, 255, 255))


@pytest.mark.parametrize(
    "content, expected",
    [
        (saved(picture("CMYK", color=(0, 255, 255, 0)), "JPEG"), (254, 0, 0)),
        (png("RGBA", (200, 30, 40, 0)), (255, 255, 255)),
        (png("LA", (0, 0)), (255, 255, 255)),
        (saved(picture("P", color=0), "PNG", transparency=0), (255, 255, 255)),
        (saved(picture("RGB", color=(1, 2, 3)), "PNG", transparency=(1, 2, 3)), (255, 255, 255)),
        (saved(Image.new("I;16", (20, 20), 0x8000), "PNG"), (128, 128, 128)),
        (png("1", 1), (255, 255, 255)),
        (png("L", 90), (90, 90, 90)),
    ],
    ids=["cmyk", "transparent", "grey transparent", "palette", "one colour transparent", "16 bits", "1 bit", "grey"],
)
def test_every_kind_of_colour_is_drawn_on_white(content, expected):
    assert near(read(drawn(io.BytesIO(content), "a.png").large).getpixel((9, 9)), expected)


def test_nonsense_about_turning_is_passed_over():
    content = jpeg(exif=b"Exif\x00\x00nonsense")
    assert read(drawn(io.BytesIO(content), "a.jpg").large).size == (40, 30)


def test_a_photo_of_several_pictures_is_its_first():
    content = saved(picture(), "MPO", save_all=True, append_images=[picture(color=(0, 0, 200))])
    assert near(read(drawn(io.BytesIO(content), "a.jpg").large).getpixel((9, 9)), RED)


def test_a_large_one_is_decoded_small():
    """Forty million pixels never lie in memory as such: the decoder of a JPEG gives a half or less of them."""
    sizes = []
    content = saved(Image.new("RGB", (6000, 6000), RED), "JPEG", quality=30)
    with pytest.MonkeyPatch.context() as patched:
        flattened = pictures._flattened
        patched.setattr(pictures, "_flattened", lambda image: sizes.append(image.size) or flattened(image))
        assert read(drawn(io.BytesIO(content), "a.jpg").large).size == (2560, 2560)
    assert sizes == [(3000, 3000)]


class Form(forms.Form):
    photos = PicturesField(most=2, label="照片")


def test_the_field_names_each_photo_that_is_not_taken():
    form = Form({}, _files(upload("合影.jpg", jpeg()), upload("网页.jpg", b"<html>")))
    assert form.errors == {"photos": [f"“网页.jpg”：{pictures.NO_PICTURE}"]}
    form = Form({}, _files(*[upload("合影.jpg", jpeg())] * 3))
    assert form.errors == {"photos": ["一次最多上传 2 张照片。"]}
    assert 'accept="image/*"' in str(Form()["photos"]) and "multiple" in str(Form()["photos"])


def test_a_photo_of_the_field_is_drawn_once(user, monkeypatch):
    form = Form({}, _files(upload("合影.jpg", jpeg())))
    assert form.is_valid()
    monkeypatch.setattr(pictures, "drawn", None)
    assert keep_picture(form.cleaned_data["photos"][0], by=user)[0].name == "合影.jpg"


def _files(*uploads):
    return type("Files", (dict,), {"getlist": lambda self, name: list(uploads)})({"photos": uploads[0]})


def test_it_is_shown_within_the_page_and_handed_out_as_a_download(user):
    photo, _ = kept(user, "合影.jpg", jpeg())
    answer = shown(photo)
    assert answer.getvalue() == stored(photo)
    assert {name: answer[name] for name in ("Content-Type", "X-Content-Type-Options", "Content-Security-Policy",
                                            "Cross-Origin-Resource-Policy", "Cache-Control", "Vary")} == {
        "Content-Type": "image/jpeg", "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'", "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, max-age=3600", "Vary": "Cookie",
    }  # fmt: skip
    assert answer["Content-Disposition"].startswith("inline; ")
    download = attachment(photo)
    answer.close()
    download.close()
    assert (download["Content-Type"], download["Content-Disposition"][:11]) == ("image/jpeg", "attachment;")


def test_what_nothing_holds_is_swept_with_its_thumbnail(user, monday):
    for file in kept(user, "合影.jpg", jpeg()):
        assert default_storage.exists(file.path)
    monday.shift(3 * 86400)
    assert sweep() == 2
    assert StoredFile.objects.count() == 0
