# A static binary in an empty image, run by nobody in particular.
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
