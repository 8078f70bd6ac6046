// The tables of figures, roll-ups and targets within the store "campaign"; they belong into its
// first migration, after units/schema.h.
//
//   series     a subject, a measure and a source, once each; a subject with '@' is a unit's key,
//              any other a body's slug
//   figure     campaign/figures.h. value NULL: nothing to report. Only added to
//   roll_up    campaign/rollup.h: what the children of a unit add up to at the end of a local day
//              (day counts from 1970-01-01). sum NULL: no child has data. changed_ms: it is so
//              since then, and so right for every as_of from then on
//   target     campaign/targets.h; what was known when it was due, once it was (frozen_*)
#pragma once

#include <string_view>

namespace bz::campaign {

inline constexpr std::string_view kFigureTables = R"(
CREATE TABLE series (id BIGINT PRIMARY KEY, subject TEXT NOT NULL, measure TEXT NOT NULL,
                     source TEXT NOT NULL) WITHOUT ROWID;
CREATE UNIQUE INDEX series_of_subject ON series (subject, measure, source);
CREATE TABLE figure (series BIGINT NOT NULL, cut_off_ms BIGINT NOT NULL, version BIGINT NOT NULL,
                     known_ms BIGINT NOT NULL, value BIGINT, precise BIGINT NOT NULL,
                     state BIGINT NOT NULL, leg BIGINT NOT NULL, origin BIGINT NOT NULL,
                     reference TEXT NOT NULL, reason TEXT, made_by TEXT NOT NULL,
                     PRIMARY KEY (series, cut_off_ms, version)) WITHOUT ROWID;
CREATE TABLE roll_up (series BIGINT NOT NULL, day BIGINT NOT NULL, sum BIGINT,
                      covered BIGINT NOT NULL, children BIGINT NOT NULL, is_partial BIGINT NOT NULL,
                      is_provisional BIGINT NOT NULL, is_illustrative BIGINT NOT NULL,
                      precise BIGINT NOT NULL, oldest_ms BIGINT, newest_ms BIGINT,
                      changed_ms BIGINT NOT NULL,
                      PRIMARY KEY (series, day)) WITHOUT ROWID;
CREATE TABLE target (id BIGINT PRIMARY KEY, indicator TEXT NOT NULL, subject TEXT NOT NULL,
                     due_ms BIGINT NOT NULL, task TEXT NOT NULL, reading_of TEXT NOT NULL,
                     hundredths BIGINT NOT NULL, start_ms BIGINT NOT NULL,
                     start_hundredths BIGINT NOT NULL, source TEXT NOT NULL,
                     sentence TEXT NOT NULL, made_by TEXT NOT NULL, made_ms BIGINT NOT NULL,
                     chosen_by TEXT, chosen_ms BIGINT, dropped_ms BIGINT,
                     frozen_ms BIGINT, frozen_value BIGINT, frozen_figure TEXT,
                     frozen_denominator BIGINT, frozen_denominator_figure TEXT,
                     frozen_covered BIGINT, frozen_children BIGINT,
                     frozen_provisional BIGINT, frozen_illustrative BIGINT);
CREATE UNIQUE INDEX target_reading ON target (indicator, subject, due_ms, task);
CREATE INDEX target_of_subject ON target (subject, due_ms);
CREATE INDEX target_to_freeze ON target (frozen_ms, due_ms);
)";

}  // namespace bz::campaign
