//! Terms, attributes and the history of changes.
//!
//! Source: Open Referral, Human Services Data Specification 3.0 and 3.1 (<https://docs.openreferral.org>), and the
//! profile of Open Referral UK. Text is empty and numbers are `None` where a field is absent.

use crate::hsds::record::record;

record! {
    /// A link from any object to a term of a taxonomy, with an optional value.
    Attribute = "attribute" {
        /// Identifier (UUID).
        id: String,
        /// Identifier of the object the term is linked to.
        link_id: String,
        /// Identifier of the taxonomy term.
        taxonomy_term_id: String,
        /// Link type.
        link_type: String,
        /// Entity of that object (`service`).
        link_entity: String,
        /// Value.
        value: String,
        /// Taxonomy term.
        taxonomy_term: Option<Box<TaxonomyTerm>>,
        /// Changes made to this object.
        metadata: Vec<Metadata>,
        /// Label. Since 3.1.
        label: String,
    }
}

record! {
    /// A list of terms.
    Taxonomy = "taxonomy" {
        /// Identifier (UUID).
        id: String,
        /// Name.
        name: String,
        /// Description.
        description: String,
        /// Uri.
        uri: String,
        /// Version.
        version: String,
        /// Changes made to this object.
        metadata: Vec<Metadata>,
        /// Taxonomy terms. Only in the profile of Open Referral UK.
        taxonomy_terms: Vec<TaxonomyTerm>,
    }
}

record! {
    /// A term of a taxonomy.
    TaxonomyTerm = "taxonomy_term" {
        /// Identifier (UUID).
        id: String,
        /// Code (languages: ISO 639).
        code: String,
        /// Name.
        name: String,
        /// Description.
        description: String,
        /// Identifier of the parent.
        parent_id: String,
        /// Taxonomy.
        taxonomy: String,
        /// Taxonomy detail.
        taxonomy_detail: Option<Box<Taxonomy>>,
        /// Language.
        language: String,
        /// Identifier of the taxonomy.
        taxonomy_id: String,
        /// Term uri.
        term_uri: String,
        /// Changes made to this object.
        metadata: Vec<Metadata>,
        /// Term. Only in the profile of Open Referral UK.
        term: String,
    }
}

record! {
    /// A change that was made to an object.
    Metadata = "metadata" {
        /// Identifier (UUID).
        id: String,
        /// Identifier of the resource.
        resource_id: String,
        /// Resource type.
        resource_type: String,
        /// Last action date.
        last_action_date: String,
        /// Last action type.
        last_action_type: String,
        /// Field name.
        field_name: String,
        /// Previous value.
        previous_value: String,
        /// Replacement value.
        replacement_value: String,
        /// Updated by.
        updated_by: String,
    }
}

record! {
    /// Language and character set of a table.
    MetaTableDescription = "meta_table_description" {
        /// Identifier (UUID).
        id: String,
        /// Name.
        name: String,
        /// Language.
        language: String,
        /// Character set.
        character_set: String,
        /// Terms and values linked to this object.
        attributes: Vec<Attribute>,
        /// Changes made to this object.
        metadata: Vec<Metadata>,
    }
}
