//! One function per thing families, providers and coordinators do with offers, goals and the network.
