// Dues, receipts and reports of an answer as lines for a terminal.
#pragma once

#include <boost/json.hpp>
#include <chrono>
#include <iosfwd>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "tools/campaign_client.h"

namespace bz::tools {

// "15:58:00 ngày 25/8/2020".
std::string show_second(Instant t);
// "0 ms", "12 s", "2 min 0 s", "3 h 5 min", "2 d 4 h"; what is smaller is cut off.
std::string show_span(std::chrono::milliseconds span);
// An instant of an answer; nothing where there is none.
std::optional<Instant> instant_at(const boost::json::object& object, std::string_view path);

// "trước 16:00 ngày 25/8/2020 [bp-5.2]" of a due's id; the id when it is none.
std::string show_due(std::string_view id);
// "đúng hạn (on time)", "trễ hạn (late) 0 ms: file".
std::string show_status(const boost::json::object& due);

// A receipt, and how its dues stand by now.
Result<void> print_receipt(std::ostream& out, CampaignClient& client,
                           const boost::json::object& receipt, std::string_view body);

class UnitNames;
// Of a report or a receipt, the units whose rows are not there; nothing where it is whole.
void print_missing_rows(std::ostream& out, UnitNames& names, const boost::json::object& report);

// Names of units by their keys, each asked for once; anything else is its own name.
class UnitNames {
 public:
  explicit UnitNames(CampaignClient& client) : client_(client) {}
  std::string of(const std::string& subject);

 private:
  CampaignClient& client_;
  std::map<std::string, std::string> names_;
};

}  // namespace bz::tools
