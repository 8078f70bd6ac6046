#include "units/schema.h"
#include "campaign/bodies.h"
#include "campaign/figure_tables.h"
#include "campaign/grants.h"
#include "campaign/intake.h"
#include "campaign/report_tables.h"
#include "campaign/service.h"
#include "campaign/viewer_links.h"
#include "store/audit.h"
#include "store/lease.h"

namespace bz::campaign {

std::span<const store::Migration> migrations() {
  static constexpr store::Migration kMigrations[] = {{1, "units", units::kUnitsTables},
                                                     {2, "figures", kFigureTables},
                                                     {3, "bodies", kBodyTables},
                                                     {4, "grants", kGrantTables},
                                                     {5, "audit", store::kAuditTables},
                                                     {6, "lease", store::kLeaseTable},
                                                     {7, "reports", kReportTables},
                                                     {8, "mail", kMailTables},
                                                     {9, "viewer links", kViewerLinkTables},
                                                     {10, "corrections", kCorrectionTables},
                                                     {11, "report known at", kReportKnownAt},
                                                     {12, "mail by sender", kMailBySender},
                                                     {13, "body made at", kBodyMadeAt},
                                                     {14, "mail turned away", kMailTurnedAway},
                                                     {15, "drills", kDrills}};
  return kMigrations;
}

}  // namespace bz::campaign
