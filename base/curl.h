// libcurl's handles as owned values, for the two files that speak to servers by it.
#pragma once

#include <curl/curl.h>

#include <cstdlib>
#include <memory>
#include <string>

namespace bz::curl {

struct Free {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using Handle = std::unique_ptr<CURL, Free>;
using List = std::unique_ptr<curl_slist, Free>;
using Url = std::unique_ptr<CURLU, Free>;

// Ends the program when there is no memory, as append() does.
inline Handle new_handle() {
  static const bool ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  Handle handle(ready ? curl_easy_init() : nullptr);
  if (!handle) std::abort();
  return handle;
}

inline void append(List& list, const std::string& line) {
  auto* longer = curl_slist_append(list.get(), line.c_str());
  if (longer == nullptr) std::abort();
  list.release();
  list.reset(longer);
}

}  // namespace bz::curl
