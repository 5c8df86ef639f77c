// QC_RETURN_IF_ERROR and QC_ASSIGN_OR_RETURN, for functions that return Status or StatusOr.
#ifndef QUOTACAST_BASE_STATUS_MACROS_H_
#define QUOTACAST_BASE_STATUS_MACROS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define QC_RETURN_IF_ERROR(expr)             \
  do {                                       \
    absl::Status qc_status_ = (expr);        \
    if (!qc_status_.ok()) return qc_status_; \
  } while (false)

#define QC_MACRO_CONCAT_INNER_(a, b) a##b
#define QC_MACRO_CONCAT_(a, b) QC_MACRO_CONCAT_INNER_(a, b)
#define QC_ASSIGN_OR_RETURN(lhs, expr) \
  QC_ASSIGN_OR_RETURN_IMPL_(QC_MACRO_CONCAT_(qc_statusor_, __LINE__), lhs, expr)
#define QC_ASSIGN_OR_RETURN_IMPL_(statusor, lhs, expr) \
  auto statusor = (expr);                              \
  if (!statusor.ok()) return statusor.status();        \
  lhs = std::move(statusor).value()

#endif  // QUOTACAST_BASE_STATUS_MACROS_H_
