exports.hook_rcpt = function (next, connection) { connection.relaying = true; next(OK) }
