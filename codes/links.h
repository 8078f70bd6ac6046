// What an SMS link needs: that the app opens it, and where it leads without the app.
#pragma once

#include "codes/core.h"
#include "http/router.h"

namespace bz::codes {

// GET /v, /.well-known/assetlinks.json, /.well-known/apple-app-site-association.
void add_links(http::Router& router, const Core& core);

}  // namespace bz::codes
