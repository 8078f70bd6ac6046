// The tables of the store "accounts".
//
//   accounts        one row for each: the password as a PHC string, the second factor's secret
//                   sealed under the master key (null until it is set up), the last time step of it
//                   used
//   helpers         of what was done on the portal: who stands behind an account since when
//                   (accounts/desk.h)
//   recovery_codes  SHA-256 of each that is still good
//   sessions        SHA-256 of each session's token, which only its browser has
//   trusted_browsers  SHA-256 of what known browsers show where the second factor is left out
//   attempts        how often what was tried in vain, by names that are HMACs
//   audit, secrets  store/audit.h, store/secrets.h
#pragma once

#include <span>

#include "store/store.h"

namespace bz::accounts {

std::span<const store::Migration> migrations();

}  // namespace bz::accounts
