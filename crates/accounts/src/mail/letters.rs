//! What the mails about accounts say.

use super::Letter;

/// An invitation to take up an account.
pub fn invitation(portal: &str, name: &str, link: &str, days: i64) -> Letter {
    Letter::to(portal, name, &format!("Einladung: {portal}"))
        .text(format!("Sie sind eingeladen, bei {portal} mitzuarbeiten. Mit dem folgenden Link richten Sie Ihren Zugang ein und wählen ein Passwort. Eine Schulung brauchen Sie nicht."))
        .link("Zugang einrichten", link)
        .text(format!("Der Link gilt {days} Tage und nur einmal. Wenn Sie ihn nicht benutzen, geschieht nichts."))
}

/// The mail after a registration.
pub fn registration(portal: &str, name: &str, link: &str, days: i64) -> Letter {
    Letter::to(portal, name, &format!("Bitte bestätigen: Ihr Zugang zu {portal}"))
        .text(format!("mit dieser Mailadresse wurde ein Zugang zu {portal} beantragt. Mit dem folgenden Link bestätigen Sie das und wählen ein Passwort."))
        .link("Zugang bestätigen", link)
        .text(format!("Der Link gilt {days} Tage. Wenn Sie keinen Zugang beantragt haben, brauchen Sie nichts zu tun."))
}

/// The mail when somebody registers an address that has an account.
pub fn already_registered(portal: &str, address: &str, name: &str) -> Letter {
    Letter::to(portal, name, &format!("Sie haben schon einen Zugang zu {portal}"))
        .text(format!("mit dieser Mailadresse wurde ein Zugang zu {portal} beantragt. Sie haben aber schon einen. Wenn Sie Ihr Passwort nicht mehr wissen, wählen Sie auf der Anmeldeseite „Passwort vergessen“."))
        .link("Zur Anmeldung", &format!("{address}/anmelden"))
        .text("Wenn Sie das nicht waren, brauchen Sie nichts zu tun.")
}

/// The mail with a link for a new password.
pub fn password_reset(portal: &str, name: &str, link: &str, minutes: i64) -> Letter {
    Letter::to(portal, name, &format!("Neues Passwort für {portal}"))
        .text("mit dem folgenden Link wählen Sie ein neues Passwort.")
        .link("Neues Passwort wählen", link)
        .text(format!("Der Link gilt {minutes} Minuten und nur einmal. Wenn Sie kein neues Passwort angefordert haben, brauchen Sie nichts zu tun: Ihr altes gilt weiter."))
}

/// The notice that the password was changed.
pub fn password_changed(portal: &str, address: &str, name: &str) -> Letter {
    Letter::to(portal, name, &format!("Ihr Passwort für {portal} wurde geändert"))
        .text("Ihr Passwort wurde geändert. Auf allen anderen Geräten sind Sie jetzt abgemeldet.")
        .text("Wenn Sie das nicht waren, wählen Sie sofort ein neues Passwort und sagen Sie der Administration Bescheid.")
        .link("Neues Passwort wählen", &format!("{address}/passwort"))
}

/// The notice that an account got a role.
pub fn role_given(portal: &str, address: &str, name: &str) -> Letter {
    Letter::to(portal, name, &format!("Neue Aufgabe bei {portal}"))
        .text(format!(
            "Ihr Zugang zu {portal} hat eine neue Aufgabe bekommen. Welche, sehen Sie nach der Anmeldung."
        ))
        .link("Zur Anmeldung", &format!("{address}/anmelden"))
}
