//! Who somebody is and what they may do: login, second factor, invitations, roles, sessions, mail.
//!
//! Every function that writes checks the permission on the object itself, does its work in one transaction and
//! leaves an audit entry in it. The clock and the randomness come in with [`Context`]. What is said to somebody
//! who is not logged in never tells whether an address has an account.

mod administration;
mod context;
mod factor;
mod identity;
mod invitation;
mod login;
pub mod mail;
pub mod oidc;
mod password;
mod permission;
mod profile;
mod refusal;
mod reset;
mod secret;

pub use administration::{block, delete_account, grant_role, revoke_role, unblock};
pub use context::{Chance, Context, Limits, Settings};
pub use factor::{Enrolment, confirm_factor, enrol_factor, remove_factor, verify_factor};
pub use identity::{enter_with_identity, link_identity, login_with_identity, unlink_identity};
pub use invitation::{
    Invitation, accept_invitation, accept_with_identity, invite, invite_from_here, open_invitation, register,
    set_up,
};
pub use login::{LoggedIn, login};
pub use password::{Cost, Weakness, weakness};
pub use permission::{Action, Actor, Object, Reach, may, reach, require};
pub use profile::{
    change_password, delete_own_account, export, revoke_other_sessions, revoke_session, sessions,
};
pub use refusal::Refusal;
pub use reset::{open_reset, request_reset, reset_password};
pub use secret::{Key, KeyError, new_id};
