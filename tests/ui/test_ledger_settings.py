"""The ledger's settings: what is kept, what is refused, and how the connection is tested."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from PySide6.QtGui import QGuiApplication

from bims_desktop.app.home import Home
from bims_desktop.app.settings import Fabric, Settings
from bims_desktop.ledger.signing import decode_public
from bims_desktop.ui import Desktop
from bims_desktop.ui.ledger.certificate import validity
from bims_desktop.ui.ledger.settings import LedgerSettings, open_ledger_settings
from tests.ui.fake_carrier import FakeCarrier

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def certificate(key: ec.EllipticCurvePrivateKey, days: int, now: datetime = NOW) -> bytes:
    """A certificate of one's own that ends so many days after `now`."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "ada")])
    begun = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    dated = begun.not_valid_before(now - timedelta(days=400)).not_valid_after(now + timedelta(days=days))
    return dated.serial_number(7).sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """Profile, certificate and key, under names that do not say what they are."""
    key = ec.generate_private_key(ec.SECP256R1())
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    named = {"profile": "lab.json", "certificate": "one.pem", "key": "two.pem"}
    texts = {"profile": b"{}", "certificate": certificate(key, 12, datetime.now(UTC)), "key": private}
    for name, text in texts.items():
        (tmp_path / named[name]).write_bytes(text)
    (tmp_path / "two.pem").chmod(0o600)
    return {name: tmp_path / file for name, file in named.items()}


@pytest.fixture
def dialog(desktop: Desktop, pump: Any) -> LedgerSettings:
    dialog = open_ledger_settings(desktop)
    desktop.wait()
    pump(10)
    return dialog


def test_the_public_key_can_be_given_to_others(desktop: Desktop, dialog: LedgerSettings) -> None:
    dialog.copy_button.click()
    assert decode_public(QGuiApplication.clipboard().text()) == desktop.session.home.agent.public_key
    assert "clipboard" in dialog.notice.text


def test_name_and_organisation_are_kept(desktop: Desktop, dialog: LedgerSettings, pump: Any) -> None:
    dialog.agent.setText("Ada Robert ")
    dialog.organisation.setText("Institut Curie")
    dialog.save_button.click()
    desktop.wait()
    home = desktop.session.home
    assert Settings.load(home.folder) == home.settings == Settings("Ada Robert", "Institut Curie")


def test_without_a_consortium_there_is_nothing_to_test(dialog: LedgerSettings) -> None:
    assert not dialog.test_button.isEnabled()
    assert not dialog.form.isEnabled()
    assert "Without one, everything works too" in dialog.checks.empty.text()


def test_dropped_files_find_their_places(desktop: Desktop, dialog: LedgerSettings, files: dict[str, Path]) -> None:
    dialog.drop(list(reversed(files.values())))
    assert dialog.consortium.isChecked()
    assert {name: getattr(dialog.form, name).path for name in files} == files


def test_what_is_missing_is_said_and_cannot_be_saved(
    desktop: Desktop, dialog: LedgerSettings, files: dict[str, Path]
) -> None:
    dialog.consortium.setChecked(True)
    said = []
    for name, path in files.items():
        said.append(dialog.notice.text)
        assert not dialog.save_button.isEnabled()
        getattr(dialog.form, name).choose(path)
    said.append(dialog.notice.text)
    dialog.form.msp.setText("Org1MSP")
    assert [text.split(";")[0].split(",")[0] for text in said] == [
        "Choose the connection profile.",
        "Choose the certificate.",
        "Choose the private key.",
        "Name your organisation as the consortium knows it",
    ]
    assert dialog.save_button.isEnabled()
    assert dialog.test_button.isEnabled()
    dialog.form.key.choose(Path("nowhere.pem"))
    assert "There is no file nowhere.pem" in dialog.notice.text


def test_a_certificate_that_expires_soon_is_told_at_once(
    desktop: Desktop, dialog: LedgerSettings, files: dict[str, Path], pump: Any
) -> None:
    dialog.drop([files["certificate"]])
    desktop.wait()
    pump(10)
    assert "▲ The certificate of 'ada' expires in 1" in dialog.form.note.text()
    dialog.form.certificate.choose(None)
    assert not dialog.form.note.isVisible()


VALIDITIES = [(400, "good", "ada, valid until"), (12, "unknown", "expires in 12 days"), (-1, "bad", "expired on")]


@pytest.mark.parametrize(("days", "state", "said"), VALIDITIES)
def test_validity(tmp_path: Path, days: int, state: str, said: str) -> None:
    path = tmp_path / "one.pem"
    path.write_bytes(certificate(ec.generate_private_key(ec.SECP256R1()), days))
    found, text = validity(path, NOW)
    assert found == state
    assert said in text


@pytest.mark.parametrize("text", [b"", b"not a certificate", b"-----BEGIN CERTIFICATE-----\nAAAA\n"])
def test_a_file_that_holds_no_certificate_is_told(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "one.pem"
    path.write_bytes(text)
    assert validity(path)[0] == "bad"


def test_a_consortium_is_kept_and_carried_to(
    desktop: Desktop, dialog: LedgerSettings, files: dict[str, Path], pump: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bims_desktop.app.carriage import Carriage

    carrier = FakeCarrier(Carriage())
    monkeypatch.setattr(Home, "carrier", carrier)
    dialog.drop(list(files.values()))
    dialog.form.msp.setText("Org1MSP")
    dialog.form.collection.setText("lab")
    dialog.form.carry.setCurrentIndex(dialog.form.carry.findData("records and anchors"))
    dialog.save_button.click()
    desktop.wait()
    pump(10)
    kept = Settings.load(desktop.session.home.folder).fabric
    assert kept == Fabric(
        str(files["profile"]),
        "Org1MSP",
        str(files["certificate"]),
        str(files["key"]),
        collection="lab",
        carry="records and anchors",
    )
    assert carrier.started == 1


def test_what_has_no_editor_stays_as_it_was(desktop: Desktop, pump: Any, files: dict[str, Path]) -> None:
    home = desktop.session.home
    names = [str(path) for path in files.values()]
    fabric = Fabric(names[0], "Org1MSP", names[1], names[2], since="2026-01-01T00:00:00Z", peer="peer0", tls_key="k")
    home.settings = Settings(fabric=fabric)
    dialog = open_ledger_settings(desktop)
    assert dialog.fabric == fabric
    dialog.form.earlier.setChecked(True)
    assert dialog.fabric is not None
    assert (dialog.fabric.since, dialog.fabric.peer) == ("", "peer0")


def test_contents_are_asked_about_only_where_records_are_carried(dialog: LedgerSettings) -> None:
    dialog.consortium.setChecked(True)
    dialog.form.carry.setCurrentIndex(dialog.form.carry.findData("anchors"))
    assert not dialog.form.keep_contents.isEnabled()
    assert not dialog.form.collection.isEnabled()
    dialog.form.carry.setCurrentIndex(0)
    assert dialog.form.collection.isEnabled()


def test_the_test_shows_each_check_as_a_line(
    desktop: Desktop, dialog: LedgerSettings, files: dict[str, Path], pump: Any
) -> None:
    dialog.drop(list(files.values()))
    dialog.form.msp.setText("Org1MSP")
    dialog.test_button.click()
    desktop.wait()
    pump(20)
    (check,) = dialog.checks.checks
    assert (check.name, check.state) == ("Files", "bad"), "an empty profile was taken"
    assert not dialog.checks.empty.isVisible()
    dialog.form.msp.setText("Org2MSP")
    assert dialog.checks.checks == [], "what was tested is not what stands there"
