//! A mail server that keeps what it gets and answers what the test wants.

use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What it answers to the text of the next mails; `250` after the last.
pub(crate) struct Sink {
    pub(crate) port: u16,
    pub(crate) mails: Arc<Mutex<Vec<String>>>,
}

impl Sink {
    pub(crate) async fn start(answers: Vec<&'static str>) -> Sink {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let mails = Arc::new(Mutex::new(Vec::new()));
        let answers = Arc::new(Mutex::new(answers));
        let kept = mails.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(talk(stream, kept.clone(), answers.clone()));
            }
        });
        Sink { port, mails }
    }
}

/// The least of RFC 5321 a client needs.
async fn talk(
    stream: TcpStream,
    mails: Arc<Mutex<Vec<String>>>,
    answers: Arc<Mutex<Vec<&'static str>>>,
) -> Option<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 sink\r\n").await.ok()?;
    while let Some(line) = lines.next_line().await.ok()? {
        let verb = line.split(' ').next().unwrap_or_default().to_ascii_uppercase();
        let answer = match verb.as_str() {
            "EHLO" => "250-sink\r\n250 8BITMIME\r\n".to_string(),
            "DATA" => {
                write.write_all(b"354 go on\r\n").await.ok()?;
                let mut text = String::new();
                while let Some(line) = lines.next_line().await.ok()?.filter(|line| line != ".") {
                    text += &line;
                    text.push('\n');
                }
                let mut answers = answers.lock().unwrap();
                let answer = if answers.is_empty() { "250 kept" } else { answers.remove(0) };
                if answer.starts_with("250") {
                    mails.lock().unwrap().push(text);
                }
                format!("{answer}\r\n")
            }
            "QUIT" => {
                write.write_all(b"221 bye\r\n").await.ok()?;
                return Some(());
            }
            _ => "250 ok\r\n".to_string(),
        };
        write.write_all(answer.as_bytes()).await.ok()?;
    }
    Some(())
}
