//! Why something was not done.

use crate::password::Weakness;
use kekiz_store::Trouble;

/// Why something was not done, with the remedy.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Address or password is wrong, or there is no such account; which one is not said.
    #[error(
        "Mailadresse oder Passwort stimmt nicht. Abhilfe: noch einmal eingeben oder „Passwort vergessen“ wählen."
    )]
    Wrong,
    /// The code is wrong or was used.
    #[error(
        "Der Code stimmt nicht oder wurde schon benutzt. Abhilfe: den nächsten Code der App abwarten oder einen Wiederherstellungscode eingeben."
    )]
    WrongCode,
    /// Too many attempts.
    #[error("Zu viele Versuche. Abhilfe: in {minutes} Minuten noch einmal versuchen.")]
    TooMany {
        /// Length of the window.
        minutes: i64,
    },
    /// The account is shut; said only to somebody who knows the password.
    #[error("Dieses Konto ist gesperrt. Abhilfe: die Administration Ihrer Kommune fragen.")]
    Blocked,
    /// The link cannot be used.
    #[error("Dieser Link ist abgelaufen oder wurde schon benutzt. Abhilfe: einen neuen anfordern.")]
    Link,
    /// The role does not allow it.
    #[error(
        "Ihre Rolle erlaubt das nicht. Abhilfe: die Netzwerkkoordination oder die Administration fragen."
    )]
    Forbidden,
    /// The password is too weak.
    #[error(transparent)]
    Weak(#[from] Weakness),
    /// The text is not a mail address.
    #[error("Das ist keine Mailadresse. Abhilfe: sie in der Form name@ort.de eingeben.")]
    Email,
    /// The name is empty or too long.
    #[error("Bitte einen Namen mit höchstens 200 Zeichen angeben.")]
    Name,
    /// There is no such account.
    #[error("Dieses Konto gibt es nicht mehr. Abhilfe: die Liste neu laden.")]
    NoAccount,
    /// A second factor is set already.
    #[error("Ein zweiter Faktor ist schon eingerichtet. Abhilfe: ihn zuerst entfernen.")]
    FactorSet,
    /// No second factor was begun.
    #[error("Es ist kein zweiter Faktor eingerichtet. Abhilfe: die Einrichtung von vorn beginnen.")]
    NoFactor,
    /// Nobody has linked this identity.
    #[error(
        "Zu dieser Anmeldung gehört kein Konto. Abhilfe: mit Passwort anmelden und die Anmeldung im Profil verknüpfen, oder um eine Einladung bitten."
    )]
    NotLinked,
    /// The identity belongs to some account.
    #[error("Diese Anmeldung gehört schon zu einem Konto. Abhilfe: sie dort zuerst lösen.")]
    LinkTaken,
    /// Without it nobody could log in any more.
    #[error("Ohne diese Anmeldung kämen Sie nicht mehr in Ihr Konto. Abhilfe: zuerst ein Passwort setzen.")]
    LastWayIn,
    /// Somebody has to be able to manage accounts.
    #[error(
        "Das ist das letzte Konto der Administration. Abhilfe: zuerst einem anderen Konto die Rolle geben."
    )]
    LastAdministration,
    /// The program's own fault: a stored secret cannot be read, a setting makes no sense.
    #[error(
        "Ein hinterlegtes Geheimnis ist nicht lesbar. Abhilfe: die Administration prüft, ob der Schlüssel in der Konfiguration noch der alte ist."
    )]
    Unreadable,
    /// The database refused.
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

impl From<kekiz_store::accounts::AccountError> for Refusal {
    fn from(error: kekiz_store::accounts::AccountError) -> Self {
        use kekiz_store::accounts::AccountError;
        match error {
            // Only reached when two invitations to one address run at the same time.
            AccountError::Taken => Self::Link,
            AccountError::Trouble(trouble) => trouble.into(),
        }
    }
}

impl From<kekiz_store::DbErr> for Refusal {
    fn from(error: kekiz_store::DbErr) -> Self {
        Self::Trouble(error.into())
    }
}
