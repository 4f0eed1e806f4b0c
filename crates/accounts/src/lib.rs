//! Who somebody is and what they may do: login, second factor, invitations, roles, sessions, mail.
