#include "campaign/packed.h"

#include <utility>

#include "http/coding.h"
#include "wire/gzip.h"

namespace bz::campaign {

http::Handler packed(http::Handler plain) {
  return [plain = std::move(plain)](const http::Request& request) {
    auto response = plain(request);
    if (response.status != 200) return response;
    response.set("vary", "Accept-Encoding");
    if (!http::takes(request, "gzip")) return response;
    response.set("content-encoding", "gzip");
    response.body = wire::gzip(response.body);
    return response;
  };
}

}  // namespace bz::campaign
