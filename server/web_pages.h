// The portal, out of the program itself: `bz serve` needs no folder of files.
//
// Every page of the portal is one index.html, which finds out by the path what to show
// (web/src/pages.ts has the same paths). Everything under /assets/ has a name made from what is in
// it, so browsers keep it for good; the page that names them, and the service worker, are asked for
// anew each time. What is shorter by brotli or gzip is sent so to whoever takes it.
#pragma once

#include <string>

#include "http/router.h"

namespace bz::server {

// GET / and the other pages, GET /sw.js, GET /assets/{rest...}, and GET /install, which leads on to
// where the app is fetched: what is printed stays good when that moves.
void add_web_pages(http::Router& router, std::string install_url);

}  // namespace bz::server
