// Values of the campaign as JSON, as docs/api/openapi.yaml has them: one place for each shape.
#pragma once

#include <optional>
#include <string>

#include "campaign/bodies.h"
#include "campaign/grants.h"
#include "units/import.h"
#include "units/unit.h"
#include "wire/json_writer.h"

namespace bz::campaign {

// "2020-08-20T00:00+07:00".
std::string instant_json(std::optional<Instant> instant);
// Leaves the member out where there is nothing.
void add_instant(wire::JsonWriter& json, std::string_view name, std::optional<Instant> instant);
void add_integer(wire::JsonWriter& json, std::string_view name, std::optional<std::int64_t> value);

std::string unit_json(const units::Unit& unit);
std::string report_json(const units::Report& report);
std::string body_json(const Body& body);
std::string post_json(const Post& post);
std::string grant_json(const Grant& grant);

}  // namespace bz::campaign
