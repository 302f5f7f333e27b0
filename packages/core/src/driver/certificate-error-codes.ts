/**
 * The codes (`error.code`) of OpenSSL and Node.js for a certificate that is not trusted, or a key that does not fit. Trying again does not help.
 */
export const certificateErrorCodes =
  /^(?:CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO|HOSTNAME_|ERR_TLS|ERR_OSSL|INVALID_CA)/;
