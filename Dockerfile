# CNN Workbench in a container:
#   docker build -t cnn-workbench . && docker run -p 127.0.0.1:8501:8501 -v cnn:/data cnn-workbench
# docs/deploy.md says what a server needs besides; WITH names packages for it.
FROM python:3.13-slim

RUN useradd --create-home --uid 1000 cnn && install --directory --owner cnn /data
WORKDIR /app
COPY requirements.txt requirements-ray.txt ./
ARG WITH=""
RUN pip install --no-cache-dir -r requirements.txt $WITH
COPY --chown=cnn . .

USER cnn
ENV CNN_HOME=/data \
    PYTHONUNBUFFERED=1 \
    STREAMLIT_SERVER_ADDRESS=0.0.0.0
VOLUME /data
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=4)"]
CMD ["streamlit", "run", "app.py"]
