// The 2020 app's contact check, answer for answer (its Android arithmetic): was an id that follows
// from a traced daily key stored at a time inside that id's slot?
//
// For entry (key, start, end, n) in milliseconds: slots are 86,400,000 / n long (whole
// milliseconds), the first begins at `start`, n of them make a day of the tracer, after which the
// key is hashed on. Slots that begin after `end` are not looked up. A sighting counts when its time
// lies in the slot, both ends included. No tolerance for clocks, no duration, no strength: what
// that lacks, the matcher (engine/matcher.h) has.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/sighting.h"
#include "engine/trace_entry.h"

namespace bz::engine {

// Sightings of other profiles never match. Costs a hash for each day between the entry's start and
// the last sighting, and a chain for each day that has one; the app itself looks up every slot.
bool had_contact(const TraceEntry& entry, std::span<const Sighting> sightings);

// Indices of the entries that had contact, in order.
std::vector<std::size_t> entries_with_contact(std::span<const TraceEntry> entries,
                                              std::span<const Sighting> sightings);

}  // namespace bz::engine
