// The officers' web page, out of the program itself: `bz serve` needs no folder of files.
//
// Everything under /assets/ has a name made from what is in it, so browsers keep it for good; the
// page that names them is asked for anew each time.
#pragma once

#include "http/router.h"

namespace bz::server {

// GET / and GET /assets/{rest...}.
void add_web_pages(http::Router& router);

}  // namespace bz::server
