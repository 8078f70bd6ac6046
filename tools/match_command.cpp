#include "tools/match_command.h"

#include <boost/json.hpp>
#include <cmath>
#include <ostream>

#include "base/file.h"
#include "engine/contact.h"
#include "phone/matches.h"
#include "tools/text.h"
#include "wire/compact_export.h"
#include "wire/sightings_csv.h"
#include "wire/trace_envelope.h"

namespace bz::tools {
namespace {

void print_contact(const engine::Contact& contact, ByteView key, std::string_view report_type,
                   bool json, std::ostream& out) {
  const auto close_s = std::llround(contact.close.expected_s);
  if (json) {
    out << boost::json::serialize(
               boost::json::object{{"key", to_hex(key)},
                                   {"report_type", report_type},
                                   {"day_start_ms", to_ms(Instant{contact.day})},
                                   {"first_ms", to_ms(contact.first)},
                                   {"last_ms", to_ms(contact.last)},
                                   {"heard_s", contact.heard.count()},
                                   {"close_s", close_s},
                                   {"close_deviation_s", std::llround(contact.close.deviation_s)},
                                   {"attenuation_db", std::llround(contact.typical.db)}})
        << '\n';
    return;
  }
  out << to_hex(key) << "  " << utc_text(contact.first) << " to " << utc_text(contact.last)
      << "  heard for " << contact.heard.count() << " s, within 2 m for about " << close_s
      << " s\n";
}

Result<void> add_file(phone::Matches& matches, const std::string& path, const wire::Trust& trust) {
  const auto bytes = read_file(path, wire::kMaxTraceEnvelope);
  if (!bytes) return bytes.error();
  Result<void> added;
  if (wire::looks_like_trace_envelope(*bytes)) {
    if (const auto ok = matches.add_trace_envelope(*bytes, trust); !ok) added = ok.error();
  } else if (wire::looks_like_compact_export(*bytes)) {
    if (const auto ok = matches.add_compact(*bytes, trust); !ok) added = ok.error();
  } else if (const auto ok = matches.add_export(ByteView{*bytes}, trust); !ok) {
    added = ok.error();
  }
  return added ? added : in_file(path, added.error());
}

}  // namespace

Result<void> run_match(const MatchOptions& options, std::ostream& out) {
  if (!(std::abs(options.receive_correction_db) <= 40)) {
    return Error{Code::kInvalid, "--receive-correction is a number of decibels from -40 to 40"};
  }
  const auto trust = read_trust(options.trust);
  if (!trust) return trust.error();
  const auto csv = read_text(options.sightings);
  if (!csv) return csv.error();
  auto sightings = wire::parse_sightings_csv(*csv);
  if (!sightings) return in_file(options.sightings, sightings.error());

  const auto scans = engine::scans_from(std::move(*sightings));
  const auto kernel = options.kernel.empty()
                          ? Result<const engine::Kernel*>(&engine::fastest_kernel())
                          : engine::kernel_named(options.kernel);
  if (!kernel) return kernel.error();
  const engine::NameTable names(scans);
  phone::Matches matches(names, scans, {.correction_db = options.receive_correction_db}, **kernel);
  for (const auto& path : options.keys) {
    if (auto ok = add_file(matches, path, *trust); !ok) return ok;
  }
  std::size_t contacts = 0;
  for (const auto& contact : engine::contacts(matches.key_windows())) {
    const auto& key = matches.keys()[contact.source];
    if (key.report_type == engine::ReportType::kRevoked)
      continue;  // taken back: it is no case any more
    print_contact(contact, key.key.bytes, name_of(key.report_type), options.json, out);
    ++contacts;
  }
  for (const auto& contact : engine::contacts(matches.chain_windows())) {
    const auto& key = matches.chains()[contact.source].daily_key;
    print_contact(contact, key, name_of(engine::ReportType::kConfirmed), options.json, out);
    ++contacts;
  }
  if (!options.json && contacts == 0) out << "no contact\n";
  return {};
}

}  // namespace bz::tools
