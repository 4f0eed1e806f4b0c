use crate::sink::Sink;
use crate::{ORIGIN, Office, on_both};
use kekiz_accounts::mail::{Delivered, Encryption, Letter, MailError, Smtp, deliver};
use kekiz_accounts::register;
use kekiz_store::outbox;

fn smtp(port: u16) -> Smtp {
    Smtp {
        host: "127.0.0.1".into(),
        port,
        encryption: Encryption::None,
        login: None,
        from: "Familienportal <portal@stadt.example>".into(),
        timeout_seconds: 5,
    }
}

#[test]
fn a_mail_reaches_the_server_once_as_text_and_as_html() {
    on_both(async |mut office: Office| {
        let sink = Sink::start(Vec::new()).await;
        register(&mut office.cx(), "neu@stadt.example", "Jürgen <b>Groß</b>", "de", ORIGIN).await.unwrap();
        let link = office.link("neu@stadt.example").await;
        let done = deliver(&office.db, &smtp(sink.port), office.now, 10).await.unwrap();
        assert_eq!(done, Delivered { sent: 1, ..Delivered::default() });
        let again = deliver(&office.db, &smtp(sink.port), office.now, 10).await.unwrap();
        assert_eq!(again, Delivered::default());
        let mails = sink.mails.lock().unwrap().clone();
        assert_eq!(mails.len(), 1);
        let mail = mails[0].replace("=\n", "");
        for part in [
            "To: neu@stadt.example",
            "From: Familienportal <portal@stadt.example>",
            "Date: Sun, 01 Mar 2026 10:00:00 +0000",
            "text/plain",
            "text/html",
            link.as_str(),
        ] {
            assert!(mail.contains(part), "{part}: {mail}");
        }
        let (_, html) = mail.split_once("text/html").unwrap();
        assert!(html.contains("&lt;b&gt;") && !html.contains("<b>"), "a name never becomes HTML: {html}");
    });
}

#[test]
fn a_mail_is_tried_again_and_given_up_in_the_end() {
    on_both(async |mut office: Office| {
        let sink = Sink::start(vec!["451 later", "550 never"]).await;
        register(&mut office.cx(), "a@stadt.example", "A", "de", ORIGIN).await.unwrap();
        let postponed = Delivered { postponed: 1, ..Delivered::default() };
        let given_up = Delivered { given_up: 1, ..Delivered::default() };
        let smtp = smtp(sink.port);
        assert_eq!(deliver(&office.db, &smtp, office.now, 10).await.unwrap(), postponed);
        assert_eq!(deliver(&office.db, &smtp, office.now, 10).await.unwrap(), Delivered::default());
        office.later(1);
        assert_eq!(deliver(&office.db, &smtp, office.now, 10).await.unwrap(), given_up);
        assert!(outbox::given_up(&office.db).await.unwrap()[0].last_error.as_ref().unwrap().contains("550"));

        // Nobody listens: tried for two days, then given up.
        let mut nobody = smtp.clone();
        nobody.port = 1;
        register(&mut office.cx(), "b@stadt.example", "B", "de", ORIGIN).await.unwrap();
        let mut tries = 0;
        loop {
            tries += 1;
            let done = deliver(&office.db, &nobody, office.now, 10).await.unwrap();
            if done == given_up {
                break;
            }
            assert_eq!(done, postponed);
            office.later(24 * 60);
        }
        assert_eq!(tries, 8);
        assert!(sink.mails.lock().unwrap().is_empty());
    });
}

#[test]
fn two_senders_send_a_mail_once() {
    on_both(async |mut office: Office| {
        let sink = Sink::start(Vec::new()).await;
        for n in 0..10 {
            let email = format!("n{n}@stadt.example");
            register(&mut office.cx(), &email, "N", "de", ORIGIN).await.unwrap();
        }
        let senders: Vec<_> = (0..3)
            .map(|_| {
                let (db, smtp, now) = (office.db.clone(), smtp(sink.port), office.now);
                tokio::spawn(async move { deliver(&db, &smtp, now, 100).await.unwrap().sent })
            })
            .collect();
        let mut sent = 0;
        for sender in senders {
            sent += sender.await.unwrap();
        }
        assert_eq!((sent, sink.mails.lock().unwrap().len()), (10, 10));
    });
}

#[test]
fn a_wrong_sender_is_named() {
    on_both(async |office: Office| {
        let wrong = Smtp { from: "Familienportal".into(), ..smtp(1) };
        let error = deliver(&office.db, &wrong, office.now, 1).await.unwrap_err();
        assert!(matches!(error, MailError::Sender(_)) && error.to_string().contains("Abhilfe"));
    });
}

/// Text and HTML say the same, and nothing a person typed becomes HTML.
#[test]
fn letters_are_written_twice() {
    let letter = Letter::to("Portal", "A & <B>", "Betreff")
        .text("Bitte prüfen:")
        .list(["Krabbelgruppe".into(), "\"Nachhilfe\"".into()])
        .link("Ansehen", "https://x.example/?a=1&b=\"2\"");
    let plain = "Guten Tag A & <B>,\n\nBitte prüfen:\n\n- Krabbelgruppe\n- \"Nachhilfe\"\n\nAnsehen:\n\
        https://x.example/?a=1&b=\"2\"\n\nMit freundlichen Grüßen\nPortal\n";
    assert_eq!(letter.plain(), plain);
    let html = letter.html();
    assert!(html.contains("<p>Guten Tag A &amp; &lt;B&gt;,</p>"), "{html}");
    assert!(html.contains("<li>&quot;Nachhilfe&quot;</li>"));
    assert!(html.contains("href=\"https://x.example/?a=1&amp;b=&quot;2&quot;\""));
    assert!(!html.contains("src=") && !html.contains("style"));
}
