# A static binary in an empty image, run by nobody in particular.
# The image that builds is named by its version, since its digest can only be looked up in a registry of images. To pin it, put
# @sha256:DIGEST behind the name, from `docker buildx imagetools inspect golang:1.26.8-bookworm`. Of it the result has the
# certificates alone; the program comes out the same to the byte whichever machine builds it (make supply).
FROM golang:1.26.8-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o /scalebook ./cmd/scalebook && mkdir -p /data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /scalebook /scalebook
COPY --from=build --chown=65532:65532 /data /data
USER 65532:65532
ENV SCALEBOOK_DATA=/data SCALEBOOK_ADDR=0.0.0.0:8080
EXPOSE 8080
VOLUME /data
ENTRYPOINT ["/scalebook"]
CMD ["serve"]
