//! The municipality's own words: labels of the terms it sorts by, and synonyms for the search.

use crate::Trouble;
use crate::entities::{synonym, taxonomy_term};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
};

pub use synonym::Model as Synonym;
pub use taxonomy_term::Model as Term;

/// The municipality's own terms of one list in their order; what is not there keeps its default.
pub async fn terms(db: &impl ConnectionTrait, vocabulary: &str) -> Result<Vec<Term>, Trouble> {
    let found = taxonomy_term::Entity::find()
        .filter(taxonomy_term::Column::Vocabulary.eq(vocabulary))
        .order_by_asc(taxonomy_term::Column::Position)
        .order_by_asc(taxonomy_term::Column::Code);
    Ok(found.all(db).await?)
}

/// Sets a term.
pub async fn set_term(db: &impl ConnectionTrait, term: Term) -> Result<(), Trouble> {
    use taxonomy_term::Column::{Code, Hidden, Label, Parent, Position, Vocabulary};
    let update =
        OnConflict::columns([Vocabulary, Code]).update_columns([Label, Parent, Position, Hidden]).to_owned();
    taxonomy_term::Entity::insert(term.into_active_model())
        .on_conflict(update)
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// Gives a term its default back.
pub async fn reset_term(db: &impl ConnectionTrait, vocabulary: &str, code: &str) -> Result<(), Trouble> {
    taxonomy_term::Entity::delete_by_id((vocabulary.into(), code.into())).exec(db).await?;
    Ok(())
}

/// The synonyms of one language, ordered by word.
pub async fn synonyms(db: &impl ConnectionTrait, language: &str) -> Result<Vec<Synonym>, Trouble> {
    let found = synonym::Entity::find()
        .filter(synonym::Column::Language.eq(language))
        .order_by_asc(synonym::Column::Word)
        .order_by_asc(synonym::Column::Means);
    Ok(found.all(db).await?)
}

/// Replaces the synonyms of one language by pairs of what people type and what offers say.
pub async fn set_synonyms(
    tx: &DatabaseTransaction,
    language: &str,
    pairs: &[(String, String)],
) -> Result<(), Trouble> {
    synonym::Entity::delete_many().filter(synonym::Column::Language.eq(language)).exec(tx).await?;
    for some in pairs.chunks(1000) {
        let rows = some.iter().map(|(word, means)| {
            Synonym { language: language.into(), word: word.clone(), means: means.clone() }
                .into_active_model()
        });
        use synonym::Column::{Language, Means, Word};
        synonym::Entity::insert_many(rows)
            .on_conflict(OnConflict::columns([Language, Word, Means]).do_nothing().to_owned())
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}
