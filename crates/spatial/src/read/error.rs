//! Why a file could not be read; each variant a sentence with its remedy.

/// Why no layer could be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// No file was given.
    #[error(
        "Es wurde keine Datei angegeben. Abhilfe: eine Datei mit Gebietsgrenzen angeben (GeoJSON, TopoJSON, GeoPackage oder Shapefile)."
    )]
    NoFiles,
    /// There is nothing in the file.
    #[error(
        "{file}: Die Datei ist leer. Abhilfe: sie neu beziehen oder neu exportieren; vielleicht ist beim Übertragen etwas abgebrochen."
    )]
    EmptyFile {
        /// File name.
        file: String,
    },
    /// The content is none of the known formats.
    #[error(
        "{file}: Das Format ist unbekannt. Erwartet wird GeoJSON, TopoJSON, GeoPackage oder Shapefile (einzeln oder als ZIP). Abhilfe: die Daten in einem dieser Formate ausgeben lassen."
    )]
    Unknown {
        /// File name.
        file: String,
    },
    /// The file is damaged.
    #[error(
        "{file}: Die {format}-Datei ist beschädigt: {detail} Abhilfe: die Datei neu beziehen oder neu exportieren."
    )]
    Damaged {
        /// File name.
        file: String,
        /// Format as the user knows it.
        format: &'static str,
        /// What was found and where, as a sentence.
        detail: String,
    },
    /// The file has more content than can be taken.
    #[error(
        "{file}: Die Datei ist zu groß ({detail}). Abhilfe: nur die benötigte Ebene exportieren oder die Grenzen vorher vereinfachen."
    )]
    TooLarge {
        /// File name.
        file: String,
        /// What exceeds which limit.
        detail: String,
    },
    /// There are several layers and none was named.
    #[error(
        "Die Eingabe enthält mehrere Ebenen: {}. Abhilfe: mit --layer eine davon auswählen.",
        list(layers)
    )]
    ChooseLayer {
        /// Names to choose from.
        layers: Vec<String>,
    },
    /// The named layer does not exist.
    #[error(
        "Die Ebene „{found}“ gibt es nicht; vorhanden: {}. Abhilfe: einen dieser Namen angeben.",
        list(layers)
    )]
    LayerUnknown {
        /// Name as given.
        found: String,
        /// Names that exist.
        layers: Vec<String>,
    },
    /// A part of a Shapefile is missing.
    #[error(
        "{file}: Zum Shapefile fehlt die Datei {part}. Abhilfe: alle Teile (.shp, .dbf, .prj, möglichst .cpg) gemeinsam oder als ZIP angeben."
    )]
    MissingPart {
        /// File that was given.
        file: String,
        /// Ending of the missing part.
        part: &'static str,
    },
    /// No reference system is named and coordinates are not degrees.
    #[error(
        "{file}: Die Koordinaten (z. B. {at}) sind keine Grad, und die Datei nennt kein Koordinatensystem. {guess} Abhilfe: das Koordinatensystem mit --crs angeben{example}."
    )]
    CrsMissing {
        /// File name.
        file: String,
        /// A coordinate as an example.
        at: String,
        /// Which systems have such coordinates, as a sentence.
        guess: String,
        /// Example of the remedy.
        example: String,
    },
    /// The named reference system is not supported.
    #[error(
        "{file}: Das Koordinatensystem „{found}“ wird nicht unterstützt. Abhilfe: die Daten in EPSG:25832 oder EPSG:4326 umrechnen lassen oder das richtige Koordinatensystem mit --crs angeben."
    )]
    CrsUnsupported {
        /// File name.
        file: String,
        /// What the file names.
        found: String,
    },
    /// Coordinates cannot belong to the named reference system.
    #[error(
        "{file}: Die Koordinaten (z. B. {at}) passen nicht zum Koordinatensystem {crs}. {guess} Abhilfe: das richtige Koordinatensystem mit --crs angeben{example}."
    )]
    CrsImplausible {
        /// File name.
        file: String,
        /// Reference system.
        crs: String,
        /// A coordinate as an example.
        at: String,
        /// Which systems have such coordinates, as a sentence.
        guess: String,
        /// Example of the remedy.
        example: String,
    },
    /// The layer holds nothing.
    #[error(
        "{file}: Die Ebene „{layer}“ enthält kein einziges Objekt. Abhilfe: den Export prüfen (Filter, Auswahl)."
    )]
    Empty {
        /// File name.
        file: String,
        /// Layer name.
        layer: String,
    },
}

fn list(names: &[String]) -> String {
    const MOST: usize = 20;
    let mut text: Vec<String> = names.iter().take(MOST).map(|name| format!("„{name}“")).collect();
    if names.len() > MOST {
        text.push(format!("… ({} weitere)", names.len() - MOST));
    }
    text.join(", ")
}
