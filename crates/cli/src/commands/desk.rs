//! `kekiz desk`: the workbench of the statistics office, a process of its own.

use super::open;
use crate::arguments::Desk as Arguments;
use crate::outcome::Failure;
use crate::terminal::Terminal;
use jiff::{SignedDuration, Timestamp};
use kekiz_app::Project;
use kekiz_base::AreaTree;
use kekiz_desk::{Around, CountStore, Desk, DeskConfig, is_own_machine};
use kekiz_disclosure::Policy;
use kekiz_microdata::{AddressTable, AreaFinder, Nowhere};
use kekiz_persons::Counts;
use kekiz_strongbox::Strongbox;
use kekiz_tables::TableFile;
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// Counts go into the figures vault of the project.
struct Vault(Project);

impl CountStore for Vault {
    fn areas(&self) -> Result<Arc<AreaTree>, String> {
        kekiz_app::area_tree(&self.0).map_err(|error| error.to_string())
    }

    fn store(&self, counts: &Counts) -> Result<u64, String> {
        kekiz_app::store_counts(&self.0, counts)
            .map(|stored| stored.figures)
            .map_err(|error| error.to_string())
    }
}

/// Without random bytes there are no secrets, so the program ends.
fn random(bytes: &mut [u8]) {
    if let Err(error) = getrandom::fill(bytes) {
        tracing::error!(%error, "the system gives no random bytes");
        std::process::abort();
    }
}

fn policy(project: &Project) -> Result<Policy, Failure> {
    let name = &project.config.protection.default;
    Policy::by_name(name).ok_or_else(|| {
        Failure::Configuration(format!(
            "Die Regel „{name}“ unter [protection] ist unbekannt. Abhilfe: zum Beispiel default = \"min5\" setzen."
        ))
    })
}

pub(super) fn run(arguments: &Arguments, terminal: &Terminal) -> Result<(), Failure> {
    let project = open(&arguments.store.store)?;
    let folder = project.strongbox_folder();
    if !Strongbox::exists(&folder) {
        return Err(Failure::Configuration(
            "Es gibt noch keine Ablage für Personendaten. Abhilfe: sie mit „kekiz vault key create“ anlegen."
                .into(),
        ));
    }
    let address: SocketAddr = arguments.listen.parse().map_err(|_| {
        Failure::Usage(format!(
            "„{}“ ist keine Adresse. Abhilfe: zum Beispiel 127.0.0.1:8090 angeben.",
            arguments.listen
        ))
    })?;
    if address.ip().is_unspecified() || !is_own_machine(address.ip()) && arguments.name.is_empty() {
        return Err(Failure::Usage(format!(
            "Unter {address} wäre der Arbeitsplatz aus dem Netz erreichbar. Abhilfe: eine Adresse dieser Maschine (127.0.0.1:8090) angeben, oder eine Adresse im Hausnetz zusammen mit --name, hinter einem Webserver mit TLS."
        )));
    }
    let areas: Box<dyn AreaFinder + Send + Sync> = match &arguments.addresses {
        Some(path) => {
            let read = AddressTable::read(&TableFile::from_path(path));
            Box::new(read.map_err(|error| Failure::Input(error.to_string()))?)
        }
        None => Box::new(Nowhere),
    };
    let policy = policy(&project)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::Store(format!("Der Arbeitsplatz lässt sich nicht starten: {error}.")))?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(address).await.map_err(|error| {
            Failure::Usage(format!("Auf {address} kann nicht gelauscht werden ({error}). Abhilfe: mit --listen eine andere Adresse wählen."))
        })?;
        let address = listener.local_addr().map_err(|error| Failure::Store(error.to_string()))?;
        let mut hosts = vec![address.to_string()];
        if is_own_machine(address.ip()) {
            hosts.push(format!("localhost:{}", address.port()));
        }
        hosts.extend(arguments.name.iter().cloned());
        let config = DeskConfig {
            folder,
            policy,
            areas,
            known_areas: BTreeSet::new(),
            counts: Box::new(Vault(project)),
            hosts,
            idle: SignedDuration::from_mins(30),
            largest_upload: 1 << 30,
        };
        let desk = Desk::new(config, Around { now: Timestamp::now, random });
        terminal.say(&format!("Der Arbeitsplatz der Statistikstelle steht unter http://{address} (beenden mit Strg+C)."));
        let sweeper = desk.clone();
        let sweeping = tokio::spawn(async move {
            loop {
                tokio::time::sleep(Duration::from_secs(60)).await;
                sweeper.sweep();
            }
        });
        let ended = kekiz_desk::serve(listener, desk).await;
        sweeping.abort();
        ended.map_err(|error| Failure::Store(format!("Der Arbeitsplatz hat aufgehört: {error}.")))
    })
}
