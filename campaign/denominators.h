// For the module's own files: the denominators of many units at once.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "campaign/figures.h"
#include "campaign/measures.h"

namespace bz::campaign {

using ByUnit = std::map<std::string, Figure, std::less<>>;

// Of each child of a unit that has one: latest() of the preferred source, else
// latest_of_any_source().
Result<ByUnit> denominators_of_children(store::Sql& sql, std::string_view unit,
                                        std::string_view measure, std::string_view preferred_source,
                                        const At& at);
// Of each child of a unit that has one: latest() of the source.
Result<ByUnit> latest_of_children(store::Sql& sql, std::string_view unit, std::string_view measure,
                                  std::string_view source, const At& at);
// The same of every source whose text begins so ("department:"): of those with the latest cut-off
// the first by the source's text.
Result<ByUnit> latest_of_children_like(store::Sql& sql, std::string_view unit,
                                       std::string_view measure, std::string_view source_prefix,
                                       const At& at);

// What a rate is set against (campaign/rates.h): the source's own denominator, else any source's.
Result<std::optional<Figure>> denominator_of(store::Sql& sql, const Indicator& indicator,
                                             std::string_view subject, std::string_view source,
                                             const At& at);
Result<ByUnit> denominators_of_children(store::Sql& sql, const Indicator& indicator,
                                        std::string_view unit, std::string_view source,
                                        const At& at);

}  // namespace bz::campaign
